"""Numbers that are measured on every picture once. The checks of single pictures are thresholds on them.

| measure | what it is |
|---|---|
| `darkest` | the 1st percentile of each pixel's darkest channel, 0 to 1: high where nothing in a picture is dark |
| `brightest` | the 99th percentile of each pixel's brightest channel, 0 to 1: low where nothing in it is bright |
| `deviation` | the largest standard deviation of a channel, 0 to 0.5: 0 where the picture has one colour |
| `entropy` | the entropy of the grey histogram in bits, 0 to 8 |
| `sharpness` | how steep the steepest edges are for the contrast; about 1 in photographs, NaN without contrast |
| `chroma` | the 99th percentile of how far a pixel's channels are apart, 0 to 1; only of colour pictures |
| `height`, `width` | of the original, upright, in pixels; only where pictures come in sizes of their own |
"""
