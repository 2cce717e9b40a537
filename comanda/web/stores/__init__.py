"""Connected sites and stores."""
