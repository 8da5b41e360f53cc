"""The page of `onelook inspect --html`: gather facts and thumbnails from an inspection, for the report to show."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np

from onelook.data.dataset import ImageSet, ReadPart
from onelook.data.ids import take_ids
from onelook.data.part_names import pool_name
from onelook.data.pictures.protocol import Images
from onelook.evaluation.pictures.augmentation_preview import augmented_versions, draw_augmentation
from onelook.evaluation.pictures.class_samples import draw_samples
from onelook.evaluation.pictures.contents import ids_of_findings, read_contents
from onelook.evaluation.pictures.finding_pictures import draw_findings
from onelook.evaluation.pictures.index import AugmentationPreview, ClassSamples
from onelook.evaluation.pictures.thumbnails import ThumbnailWriter
from onelook.files import write_text
from onelook.inspection.inspection import Inspection
from onelook.inspection.training_preview import PageRequest, TrainingPreview, preview_training, training_command
from onelook.report.build import render_inspection
from onelook.report.charts.distributions import Size
from onelook.report.facts import AugmentationFacts, FindingFacts, RecordedData
from onelook.report.inspected_data import InspectedData
from onelook.report.marking import Marking, as_earlier, command_with_fixes, identity, kept_fixes
from onelook.report.page_wording import probability
from onelook.report.pictures import ThumbnailMemory
from onelook.runtime import versions

# (classes at most, pictures of each class). With these, every page of photographs stays under 6 MB.
_SAMPLES = ((6, 16), (40, 8), (120, 4), (300, 2), (1_000, 1))
_MOST_CLASSES = _SAMPLES[-1][0]
# (thumbnails at most, pixels of the longest side): the size at which a high-resolution screen shows them.
_SIDES = ((160, 160), (330, 128), (10**9, 96))


def write_page(found: Inspection, request: PageRequest) -> None:
    """Write one self-contained HTML file, whole or not at all.

    Raises:
        ConfigError: the file cannot be written, or Jinja2 is not installed.
    """
    write_text(request.path, render_inspection(gather(found, request)))


def gather(found: Inspection, request: PageRequest) -> InspectedData:
    """Return all that the page shows, as facts and thumbnails. The page does not need the data."""
    preview = preview_training(found, request)
    kept: dict[str, bytes] = {}
    values = next(iter(found.dataset.parts.values())).pictures.facts().value_range
    writer = ThumbnailWriter(kept.__setitem__, values, enlarged=False)  # the page enlarges pixel art itself
    pool = _pool(found)
    generator = np.random.default_rng(preview.settings.seed)
    drawn = draw_findings(found.findings, found.reading, writer, _remarks(found))
    samples = _samples(found, pool, generator, writer)
    shown = dict.fromkeys([*ids_of_findings(drawn), *(one.id for each in samples for one in each.pictures)])
    return InspectedData(
        name=found.dataset.name,
        version=versions()["onelook"],
        data=_data_facts(found),
        rows={name: len(part) for name, part in found.dataset.parts.items()},
        sizes=_sizes(found),
        grey=_grey(found),
        findings=tuple(FindingFacts.model_validate(one.to_dict()) for one in found.findings),
        found=drawn,
        samples=samples,
        augmentation=_augmentation(preview, _one_picture(pool, generator), writer),
        augmentation_facts=AugmentationFacts(
            settings=preview.settings.augment.model_dump(mode="json"), why=preview.augmentation
        ),
        pictures=ThumbnailMemory(kept),
        next_step=preview.next_step,
        contents=read_contents(found.dataset, shown),
        marking=_marking(found, request),
    )


def _marking(found: Inspection, request: PageRequest) -> Marking | None:
    """Return what the page needs to take marks; None without classes."""
    if not found.dataset.class_names:
        return None
    words = [*request.words, ""]
    given = words[words.index("--fixes") + 1] if "--fixes" in words else ""
    return Marking(
        key=identity(found.dataset.name, found.dataset.fingerprint),
        class_names=found.dataset.class_names,
        command=command_with_fixes(training_command(request)),
        earlier=as_earlier(kept_fixes(Path(given).expanduser())) if given else (),
    )


def _remarks(found: Inspection) -> dict[str, dict[str, str]]:
    """Return the suggested labels, if labels were judged."""
    if found.label_check is None:
        return {}
    return {
        "label-errors": {
            each.id: f"looks like {each.suggested} ({probability(each.probability)})"
            for each in found.label_check.listed
        }
    }


def _data_facts(found: Inspection) -> RecordedData:
    document, part = found.to_dict(), next(iter(found.reading.parts.values()))
    return RecordedData(
        name=found.dataset.name,
        layout=found.dataset.layout,
        why=found.dataset.why,
        class_names=found.dataset.class_names,
        class_counts={
            name: counts["class_counts"] for name, counts in document["parts"].items() if counts["class_counts"]
        },
        image_size=(found.decode.height, found.decode.width),
        channels=found.decode.channels,
        dtype=str(part.images.dtype),
        value_range=found.dataset.parts[part.name].pictures.facts().value_range,
        notes=found.dataset.notes,
        missing_values=found.dataset.missing_values,
        ledger=document["ledger"],
    )


def _sizes(found: Inspection) -> dict[Size, int]:
    """Return the number of pictures of each original size, from the decoded pictures, else from their headers."""
    sizes: Counter[Size] = Counter()
    for name, part in found.reading.parts.items():
        if part.sizes is None:
            sizes.update(found.dataset.parts[name].pictures.facts().sizes)
        else:
            distinct, counts = np.unique(part.sizes, axis=0, return_counts=True)
            pairs = zip(distinct.tolist(), counts.tolist(), strict=True)
            sizes.update({(height, width): count for (height, width), count in pairs})
    return dict(sizes)


def _grey(found: Inspection) -> int | None:
    known = [part.grey for part in found.reading.parts.values() if part.grey is not None]
    return sum(int(grey.sum()) for grey in known) if known else None


def _pool(found: Inspection) -> ReadPart:
    """Return the part that samples come from: the training part, if there is one."""
    labelled = {name: part for name, part in found.reading.parts.items() if part.labels is not None}
    among = labelled or found.reading.parts
    return among[pool_name(among) or next(iter(among))]


def _image_set(part: ReadPart) -> ImageSet:
    """Return the pictures that training would use. Without labels they form one class without a name."""
    used = part.used
    labels = np.zeros(len(used), np.int64) if part.labels is None else part.labels[used]
    return ImageSet(part.images, used, take_ids(part.ids, used), labels)


def _samples(
    found: Inspection, pool: ReadPart, generator: np.random.Generator, writer: ThumbnailWriter
) -> tuple[ClassSamples, ...]:
    names = found.dataset.class_names[:_MOST_CLASSES] if pool.labels is not None else ("",)
    each = next(each for classes, each in _SAMPLES if len(names) <= classes)
    side = next(side for count, side in _SIDES if len(names) * each <= count)
    return draw_samples(
        _image_set(pool),
        names,
        2 * each if names == ("",) else each,
        generator=generator,
        writer=replace(writer, longest=side),
        sizes=pool.sizes if found.decode.resize == "stretch" else None,
    )


def _one_picture(pool: ReadPart, generator: np.random.Generator) -> Images:
    """Return a random picture among those that training would use, (height, width, channels)."""
    picture: Images = pool.images[int(generator.choice(pool.used))]
    return picture


def _augmentation(preview: TrainingPreview, original: Images, writer: ThumbnailWriter) -> AugmentationPreview | None:
    if not preview.shows_augmentation:
        return None
    changed = augmented_versions(original, preview.settings.augment, writer.value_range, preview.settings.seed)
    return draw_augmentation(original, changed, writer)
