"""The geometry of the charts: turn numbers into positions. The templates draw them as SVG."""
