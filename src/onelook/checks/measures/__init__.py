"""Numbers that are measured on every picture once. The checks of single pictures are thresholds on them.

| measure | what it is |
|---|---|
| `darkest` | the 1st percentile of each pixel's darkest channel, 0 to 1: high if nothing in a picture is dark |
| `brightest` | the 99th percentile of each pixel's brightest channel, 0 to 1: low if nothing in it is bright |
| `deviation` | the largest standard deviation of a channel, 0 to 0.5: 0 if the picture has one colour |
| `entropy` | the entropy of the grey histogram in bits, 0 to 8 |
| `sharpness` | how steep the steepest edges are for the contrast; about 1 in photographs, NaN without contrast |
| `chroma` | the 99th percentile of the difference between a pixel's channels, 0 to 1; only for colour pictures |
| `height`, `width` | the size of the upright original in pixels; only if pictures have different sizes |
"""
