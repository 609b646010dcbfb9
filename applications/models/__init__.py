from applications.models.cycles import Cycle, CycleLog, Extension, LevelRule, Milestone, SchemeDay
from applications.models.filings import (
    Application,
    ApplicationLog,
    ApplicationUserObjectPermission,
    QuotaPlace,
    own_area_ids,
)
from applications.models.papers import Attachment, FormVersion, ScannedPage, ScanUpload
from applications.models.seals import IssuedPaper, Seal, Sealing, SealLog

__all__ = [
    "Application",
    "ApplicationLog",
    "ApplicationUserObjectPermission",
    "Attachment",
    "Cycle",
    "CycleLog",
    "Extension",
    "FormVersion",
    "IssuedPaper",
    "LevelRule",
    "Milestone",
    "QuotaPlace",
    "ScanUpload",
    "ScannedPage",
    "SchemeDay",
    "Seal",
    "SealLog",
    "Sealing",
    "own_area_ids",
]
