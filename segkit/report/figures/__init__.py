"""The pictures of the report: plain numbers and finished labels in, a matplotlib figure of a given width out."""
