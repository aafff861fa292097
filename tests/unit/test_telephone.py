"""Telephone numbers as customers write them."""

import pytest

from hearback.telephone import tel_link, telephone


@pytest.mark.parametrize(
    ("written", "plain", "dialled"),
    [
        ("98765 43210", "98765 43210", "9876543210"),
        ("  +91  98765\u00a043210 ", "+91 98765 43210", "+919876543210"),
        ("९८७६५४३२१०", "9876543210", "9876543210"),
        ("٠٩٨٧٦٥٤٣٢١", "0987654321", "0987654321"),
        ("۰۹۱۲۳۴۵۶۷۸۹", "09123456789", "09123456789"),
        ("\uff0b\uff15\uff10\uff10 27000", "+500 27000", "+50027000"),
        ("\u202a+91 98765 43210\u202c", "+91 98765 43210", "+919876543210"),
        ("\ufeff98765\u200b43210", "9876543210", "9876543210"),
        ("+91\u201398765\u201143210", "+91-98765-43210", "+919876543210"),
        ("020\u22125555\u20140100", "020-5555-0100", "02055550100"),
        ("(+91) 98765.43210", "(+91) 98765.43210", "+919876543210"),
        ("+91 98765 43210 ext 12", "+91 98765 43210 ext 12", "+919876543210;ext=12"),
        ("+91 98765 43210, Ext. ४", "+91 98765 43210 ext 4", "+919876543210;ext=4"),
        ("09876543210 x5", "09876543210 ext 5", "09876543210;ext=5"),
        ("123456789012345 extension 1234567", "123456789012345 ext 1234567", "123456789012345;ext=1234567"),
    ],
)
def test_a_number_is_taken_as_it_is_written_and_kept_plainly(written: str, plain: str, dialled: str) -> None:
    assert (telephone(written), tel_link(written)) == (plain, f"tel:{dialled}")
    assert (telephone(plain), tel_link(plain)) == (plain, f"tel:{dialled}")


@pytest.mark.parametrize(
    "written",
    [
        "",
        "call me",
        "12 34",
        "1" * 16,
        "१" * 16,
        "javascript:1234567",
        "98765 43210 ext",
        "x5",
        "1234 x56",
        "++9876543",
        "+91 98765",
    ],
)
def test_what_is_no_number_is_none(written: str) -> None:
    assert telephone(written) == ""


@pytest.mark.parametrize(
    ("stored", "link"), [("", ""), ("ask for Ravi", ""), ("Ravi: 020 5555 0100", "tel:02055550100")]
)
def test_what_another_system_calls_a_number_is_dialled_by_its_digits(stored: str, link: str) -> None:
    assert tel_link(stored) == link
