"""The rules by id: severity, whether --strict makes a warning an error, and what to do (spec section 13)."""

from __future__ import annotations

from typing import NamedTuple

from labeling.formats.findings import Finding, Severity


class Rule(NamedTuple):
    severity: Severity
    starred: bool  # a warning that strict turns into an error
    fix: str


class Broken(NamedTuple):
    """What a rule's function says of a line; number of the line and severity are added by `finding`."""

    rule: str
    pointer: str
    message: str


def finding(line: int, broken: Broken, *, strict: bool) -> Finding:
    rule = RULES[broken.rule]
    severity: Severity = "error" if strict and rule.starred else rule.severity
    return Finding(line, broken.pointer, broken.rule, severity, broken.message, rule.fix)


def _error(fix: str) -> Rule:
    return Rule("error", starred=False, fix=fix)


def _warning(fix: str) -> Rule:
    return Rule("warning", starred=False, fix=fix)


def _starred(fix: str) -> Rule:
    return Rule("warning", starred=True, fix=fix)


RULES: dict[str, Rule] = {
    "E-UTF8": _error("Save the file as UTF-8."),
    "E-JSON": _error("Write one JSON object a line."),
    "E-OBJ": _error('Begin the line with {"source" or {"source-ref".'),
    "E-BLANK": _error("Delete the line."),
    "E-DUPKEY": _error("Keep one of the two."),
    "E-NAN": _error("Write a number within a double's range, or a string."),
    "E-BOM": _error("Save the file as UTF-8 without a byte order mark."),
    "E-LINE-SIZE": _error("Put the object into a file of its own and name it in source-ref."),
    "W-LINE-SIZE": _warning("The line is fine here; the service would not take it as input."),
    "W-SIZE": _warning("The line is fine here; the service would not take it as input."),
    "E-DOLLAR": _error("Rename the key."),
    "E-SRC": _error('Add "source-ref" with the address of the object, or "source" with its text.'),
    "E-SRC-BOTH": _error("Keep one of the two."),
    "E-SRC-TYPE": _error("Write the object as a non-empty string."),
    "W-SRC-SCHEME": _starred("Export with --source-prefix s3://bucket/prefix/ if the service is to read the file."),
    "W-SRC-DUP": _warning("Remove one of the lines unless the repetition is meant."),
    "E-LAN-NAME": _error("Use 1 to 127 letters, digits and inner hyphens."),
    "E-LAN-REF": _error("Names end with -ref when, and only when, the label is the address of a file."),
    "E-META-MISSING": _error("Add the metadata, or take the label away."),
    "E-LAN-MISSING": _error("Add the label, or write a failure record."),
    "E-TYPE-STR": _error('Write "type":"groundtruth/…".'),
    "W-TYPE": _warning("The label is passed through unread."),
    "W-TYPE-MIX": _starred("Write labels of another type under another name."),
    "E-HUMAN": _error('Write "yes" or "no"; in a failure record "true".'),
    "E-DATE": _error("Write YYYY-MM-DDTHH:MM:SS.ffffff, in UTC."),
    "W-DATE": _starred("Write six fraction digits and no zone: some readers parse nothing else."),
    "W-JOBNAME": _warning("Write labeling-job/ and the job's name in lower case."),
    "E-CONF": _error("Write a number from 0 to 1."),
    "W-CONF-MISSING": _starred("Write 0 when the confidence was not estimated."),
    "E-CLASS-ID": _error("Write the place of the class in the job's list, from 0."),
    "E-CLASS-MAP": _error("Name each class that the line uses."),
    "W-CLASS-MAP-EXTRA": _warning("Name only the classes that the line uses."),
    "E-CLASS-NAME": _error("Keep one name for one class id through the file."),
    "E-ML-DUP": _error("Name each class once."),
    "W-ML-KEYS": _starred("Give class-map and confidence-map the classes of the label, no others."),
    "E-BOX-SIZE": _error('Write "image_size":[{"width":640,"height":480,"depth":3}].'),
    "E-BOX-DIM": _error("Write left, top, width and height as numbers; the sides above 0."),
    "E-BOX-OUT": _error("Clip the box to the image."),
    "W-BOX-OUT": _starred("Clip the box to the image."),
    "W-BOX-TINY": _warning("Some readers refuse boxes of one pixel or less."),
    "W-BOX-MANY": _warning("Some readers take 50 boxes at most."),
    "E-SHAPE": _error("Write what the shape is made of as numbers: vertices, x and y, or radii and angle."),
    "E-SHAPE-OUT": _error("Move the point into the image."),
    "W-SHAPE-OUT": _starred("Move the point into the image."),
    "E-SHAPE-GROUP": _error("Give the points of one skeleton one whole number as group, and each its own name."),
    "E-OBJ-LEN": _error("Write one entry of metadata for each entry of the label, in its order."),
    "E-SEG-URI": _error("Write the address of the mask's PNG."),
    "E-SEG-MAP": _error('Number the keys 0..n; key 0 is BACKGROUND with "#ffffff".'),
    "E-SEG-COLOR": _error("Give each class a colour #rrggbb of its own, not white."),
    "E-SEG-PNG": _error(
        "Write the PNG as the format has it: values as the line numbers them, size as the image has it."
    ),
    "E-NER-OFF": _error("Count Unicode characters from 0; endOffset is one past the last."),
    "E-NER-LABEL": _error("Add the class to labels."),
    "E-NER-TEXT": _error("Count Unicode characters, and leave the text as it was: the offsets are of another one."),
    "W-NER-OVERLAP": _warning("Some readers refuse overlapping spans."),
    "W-NER-PASS": _warning("Some readers stumble over this value; keep other keys strings or objects."),
    "E-SL-KEY": _error("Write one JSON object with one list, tracking-annotations or detection-annotations."),
    "E-SL-FRAME": _error("Write each frame of the sequence once, as its file calls it, with one list of shapes."),
    "E-SL-SHAPE": _error("Write boxes in whole pixels, points as x and y, and label-category-attributes, {} for none."),
    "E-SL-CLASS": _error('Write class-id as text, such as "0", and name it in class-map.'),
    "E-SL-ID": _error("Give each object one object-id and one object-name, the same in all its frames."),
    "W-SL-STRNO": _warning("Write frame-no as a number."),
    "E-VER": _error("Add class-name with the verdict."),
    "W-VER-FB": _warning("Leave worker-feedback out when nobody wrote a comment."),
    "E-ADJ": _error('Write "adjusted" or "unadjusted".'),
    "W-ADJ": _starred('Write "adjusted", or keep the earlier label as it was.'),
    "E-FAIL": _error("A failure record has failure-reason and no label beside it."),
    "E-ORDER": _starred("Write the source first, then each label directly before its metadata."),
    "E-SEQ-FILE": _error("Put the file where source-ref, or prefix and frame, say that it is."),
    "E-SEQ-JSON": _error("Write one JSON object with seq-no, prefix, number-of-frames and frames."),
    "E-SEQ-FIELD": _error("Add the field, of the kind that the format has."),
    "E-SEQ-COUNT": _error("Write the length of frames as number-of-frames."),
    "E-SEQ-PREFIX": _error("End the prefix with /."),
    "E-SEQ-DUP": _error("Give each frame a number and a name of its own."),
    "W-SEQ-ORDER": _warning("Frames are shown in the order of their names: pad the numbers in them with zeros."),
    "X-LINES": _error("Write each line of the input, in its order, with all that it held."),
}
