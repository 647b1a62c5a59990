"""What is to be said of a policy that can be read: what will not work, what costs too much, what nobody holds."""
