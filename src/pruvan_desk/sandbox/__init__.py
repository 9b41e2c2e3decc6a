"""A working FAStrack and crews with phones, for the demo and the tests. Knows only core and wire.

* FAStrack: ``server`` starts it; ``fastrack_calls`` answers the API and ``control`` what is asked under ``/_sandbox/``;
  both work on the ``world`` of ``order_book`` and ``item_book``, kept by ``ledger``; ``faults`` says what goes wrong.
* myFAStrack: ``portal``, pages behind a login.
* What it orders: ``orders``, with ``addresses`` and the survey templates of ``forms``.
* The field: ``crews`` holds the phone, ``crew_runner`` crews that work by themselves, ``oddities`` what phones get wrong.
* Photos: ``photos`` takes them, ``scenes`` and ``textures`` draw them.
"""
