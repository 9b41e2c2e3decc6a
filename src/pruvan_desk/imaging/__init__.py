"""Pictures: metadata, orientation, thumbnails, lossless edits."""
