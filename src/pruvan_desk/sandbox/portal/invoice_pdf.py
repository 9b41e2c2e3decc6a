"""An invoice as a PDF of one page, written by hand: text and nothing else."""

from collections.abc import Iterable

from pruvan_desk.sandbox.portal.cases import Invoice

PAGE = "0 0 612 792"
"""Letter, in points."""
LINES = 38


def invoice_pdf(invoice: Invoice, order: str, address: str) -> bytes:
    """The invoice that was generated, with its lines and the total."""
    head = [f"Invoice {invoice.number}", f"Work order {order}", address, ""]
    shown = invoice.lines[:LINES]
    lines = [f"{quantity} x {words}: {money(cents)}" for words, quantity, cents in shown]
    return _document([*head, *lines, "", f"Total {money(invoice.total_cents)}"])


def money(cents: int) -> str:
    """Dollars as they are written."""
    return f"${cents / 100:,.2f}"


def _document(lines: Iterable[str]) -> bytes:
    text = " ".join(f"({_escaped(line)}) Tj T*" for line in lines)
    stream = f"BT /F1 12 Tf 18 TL 72 720 Td {text} ET".encode("cp1252", "replace")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [{PAGE}] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>".encode(),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    )
    body, places = bytearray(b"%PDF-1.4\n"), []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    end = b"xref\n0 %d\n0000000000 65535 f \n%strailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    return bytes(body) + end % (size, table, size, len(body))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
