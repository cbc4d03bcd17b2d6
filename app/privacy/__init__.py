"""What keeps names, telephones and addresses from those who need not see them."""
