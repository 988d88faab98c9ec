"""The day of the change: the new password file comes into force, and single agencies get another code."""
