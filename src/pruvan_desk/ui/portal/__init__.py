"""myFAStrack, a tab for each order.

``view`` holds the tabs and loads Chromium when the first one is opened; ``tab`` is one of them, with its ``notice``;
``web`` is the page and the profile, held where ``confinement`` says; ``refreshes`` asks for what the portal changed;
``memory`` gives back what closed tabs took.
"""
