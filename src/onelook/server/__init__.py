"""The HTTP face: `build_app(classifier)` gives the application. It needs no torch."""
