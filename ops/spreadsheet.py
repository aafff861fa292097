"""Cells that a spreadsheet must show, not run."""


def shown(cell: str) -> str:
    """The cell with an apostrophe in front if a spreadsheet would take it for a formula.

    OWASP, "CSV Injection": cells that begin with =, +, -, @, tab or carriage return.
    """
    return f"'{cell}" if cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def as_written(cell: str) -> str:
    """The cell as it was before it was shown."""
    return cell[1:] if cell.startswith("'") and shown(cell[1:]) == cell else cell
