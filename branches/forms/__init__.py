"""Forms of the party organization, by what they enter; `service` and `picking` serve all rooms."""
