"""Space and time: areas, altitudes, volumes and the conflict rule."""
