"""The day of the change: the new password file in force, and a code anew for those who need one."""
