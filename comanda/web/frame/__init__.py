"""What surrounds every page: navigation, language, zone of times, messages, what scripts may do."""
