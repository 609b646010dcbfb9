"""Start-up checks of printing: WeasyPrint ends with success even where it drew only empty boxes."""

from django.core.checks import Error, Tags, register
from django.utils.translation import gettext as _

from notices import font_library, print_fonts


@register(Tags.files)
def check_printing(app_configs, **kwargs) -> list[Error]:
    """Report missing libraries (notices.E001) and Chinese fonts (notices.E002), with the command that helps.

    Fonts that are installed but not yet prepared are no error: the first document prepares them.
    """
    hint = print_fonts.INSTALL_COMMAND
    if missing := font_library.missing_libraries():
        text = _("Documents cannot be printed: missing %(names)s.") % {"names": ", ".join(missing)}
        return [Error(text, hint=hint, id="notices.E001")]
    if print_fonts.fonts_prepared():
        return []
    return [
        Error(
            _("Documents would show empty boxes: the font %(name)s is not installed.")
            % {"name": face.sources[0]},
            hint=hint,
            id="notices.E002",
        )
        for face in print_fonts.FACES
        if face.required and print_fonts.find_source(face) is None
    ]
