"""What a reader tells, short to write in tests."""

from openline.adapters.geofiles import ReadActivity


def said(activity: ReadActivity) -> list[str]:
    """The remarks on an activity without where they stand."""
    return [remark.what for remark in activity.remarks]
