"""Ways in from other channels: hand-overs from an app, a form that goes on on the phone."""
