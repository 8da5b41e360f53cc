"""The geometry of the charts: numbers to places. The templates draw them as SVG."""
