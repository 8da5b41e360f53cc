"""The HTTP server: `build_app(classifier)` returns the application. It needs no torch."""
