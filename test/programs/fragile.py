# Holds what CRIU restores as something else: a timer that fires by itself again and again, and an eventfd each read of which takes
# one event. Ends with what it reads of the eventfd when there is a file "take".
import os
import time

timer = os.timerfd_create(time.CLOCK_MONOTONIC)
os.timerfd_settime(timer, initial=0.001, interval=0.001)
events = os.eventfd(10, os.EFD_SEMAPHORE)
with open("next", "w") as f:
    f.write("%d %d" % (timer, events))
os.rename("next", "descriptors")
while not os.path.exists("take"):
    time.sleep(0.005)
with open("next", "w") as f:
    f.write(str(os.eventfd_read(events)))
os.rename("next", "taken")
