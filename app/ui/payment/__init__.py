"""Screen S6: taking money, the steps of a sale, failures with their ways out, and the done screen."""
