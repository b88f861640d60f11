from .heading import HeadingAlias
from .upload import Import, ImportJob, ImportLine

__all__ = ["HeadingAlias", "Import", "ImportJob", "ImportLine"]
