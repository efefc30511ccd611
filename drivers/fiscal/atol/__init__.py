"""ATOL registers at the till: JSON tasks through the local Web server or the driver library."""
