"""Small pictures for the report and the inspect page, with an index beside them."""
