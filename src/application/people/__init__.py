"""Who knows, who works on what, and what needs me."""
