"""The one family of errors a visitor may see: the message says what to do, and is shown as it is."""


class TsmDemoError(ValueError):
    """Something the visitor can mend; commands print it on one line and exit with 2."""


class ShapeError(TsmDemoError):
    """A tensor or a number of frames that does not fit together."""


class VideoError(TsmDemoError):
    """A clip that cannot be used."""


class ModelError(TsmDemoError):
    """A network or a weights file that is unknown or does not fit."""
