"""How near do the estimates come to what others measured, and how near do the peers?"""
