"""Travel times from an OSRM-compatible road service, fetched beforehand: planning waits for nobody."""
