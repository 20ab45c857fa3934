"""The views, by what they show. Each module makes one blueprint."""
