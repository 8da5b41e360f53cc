"""Messages that name options of the command, in the words of a Python program."""

from __future__ import annotations

import pytest

from onelook.settings.python_words import python_words


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("--out my run: exists.", "out= my run: exists."),  # as it stands: nobody knows where the value ends
        ("--name a and --out b: give one.", "name='a' and out='b': give one."),
        ("--lr 0.1 and --epochs 3: no.", "lr=0.1 and epochs=3: no."),
        ("--from x: it knows them. Leave --from out.", "from_model='x': it knows them. Leave from_model= out."),
        ("Leave --time-limit out to resume as planned.", "Leave time_limit= out to resume as planned."),
        ("a: end with the 2 that are done: --epochs 2. Not 7.", "a: end with the 2 that are done: epochs=2. Not 7."),
        ("a: resume all of it: --out runs/a-b --resume.", "a: resume all of it: out='runs/a-b' resume=True."),
        ("only with --features hog, such as --set pca=3", "only with features='hog', such as pca=3"),
        ("Find one with --model NAME.", "Find one with model=NAME."),
        ("Give a folder, --test FOLDER, or none.", "Give a folder, test=FOLDER, or none."),
        ("--no-groups and --no-picture-list", "ignore_groups=True and omit_picture_list=True"),
        ("Look at --class-names-of/x, a --html page", "Look at --class-names-of/x, a --html page"),
        ("Say --lr 1 or type `onelook x --lr 1`, --lr 2.", "Say lr=1 or type `onelook x --lr 1`, lr=2."),
        ("--epochs: type onelook train x --lr 1: --lr 2", "epochs=: type onelook train x --lr 1: --lr 2"),
        ("such as --label-from '(a|b)_', or", "such as label_from='(a|b)_', or"),
        ("(see --image-size)", "(see image_size=)"),
        ("Add --resume: that resumes it", "Add resume=True: that resumes it"),
    ],
)
def test_options_become_keywords(message: str, words: str) -> None:
    assert python_words(message) == words
