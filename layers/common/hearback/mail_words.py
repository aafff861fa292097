"""How a mail to customers begins, in the words of whoever wrote the survey instead of Hearback's own."""

from hearback.definition import Line, Part, Subject


class MailWords(Part):
    """What is left out, and a language in which it is not said, keeps Hearback's words."""

    subject: Subject | None = None
    opening: Line | None = None
    """The first sentences after the greeting."""
