"""Folders by the thousand: walk, plan, colour in parallel, resume, report."""
