"""The early warning: a day that is out of the ordinary, a tier that changed, and what is behind it."""
