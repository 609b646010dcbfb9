from programmes.services.loading import ProgrammeFrozen, load, load_file

__all__ = ["ProgrammeFrozen", "load", "load_file"]
