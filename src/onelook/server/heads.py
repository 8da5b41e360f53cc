"""Limit the head of a request, which uvicorn's fast parser would keep however long it is."""

from __future__ import annotations

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_MOST_BYTES = 65_536  # as in uvicorn's other parser; browsers send less than 8,192


class LimitedHeads(HttpToolsProtocol):
    """A connection that ends where the address and headers of a request are too long."""

    _bytes_of_head = 0
    _is_in_head = True

    def on_message_begin(self) -> None:
        """Begin to count."""
        self._is_in_head, self._bytes_of_head = True, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """End to count."""
        self._is_in_head = False
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        """Parse what has arrived, and refuse a head that is still not complete."""
        super().data_received(data)
        self._bytes_of_head += len(data)
        if self._is_in_head and self._bytes_of_head > _MOST_BYTES and not self.transport.is_closing():
            self.send_400_response(f"The headers are longer than {_MOST_BYTES:,} bytes.")
