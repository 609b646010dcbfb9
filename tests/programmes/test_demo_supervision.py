"""The groups of the demonstration: a year laid out, visits with placeholder photos, findings in several states."""

from collections import Counter

from PIL import Image

from programmes import demo
from supervision.fingerprint import similar_photos
from supervision.models import Finding, Inspection, InspectionPhoto, PlannedVisit


def test_what_the_groups_have_done(demonstration, count_rows):
    assert Counter(PlannedVisit.objects.values_list("state", flat=True)) == {"planned": 21, "done": 5}
    assert Counter(Inspection.objects.values_list("state", flat=True)) == {"recorded": 5}
    states = Counter(Finding.objects.values_list("state", flat=True))
    assert states == {"open": 2, "coordinating": 1, "reported": 1, "closed": 1}
    assert not Inspection.objects.exclude(summary__contains="演示").exists()
    assert not Finding.objects.exclude(text__contains="演示").exists()
    photos = list(InspectionPhoto.objects.order_by("id"))
    assert len(photos) == 7
    for photo in photos:
        with photo.file.open() as file, Image.open(file) as picture:
            assert picture.format == "JPEG"
        assert photo.size < 40_000
    # The last one is shown to be the same as one before; the drawn pictures differ from each other.
    assert [len(similar_photos(photo)) for photo in photos] == [0, 0, 0, 0, 0, 0, 1]
    before = count_rows()
    assert demo.load().total() == 0
    assert count_rows() == before
