"""Marks on photos: drawn over them wherever they are shown, and made and changed in a window of their own."""
