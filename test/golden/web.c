/* The program of the golden checkpoints: a small "web server" of several processes that together hold one of nearly every kind of
 * thing that an image can hold, and little memory. `make` compiles it with musl and runs it in a container.
 *
 *   web master          pid 1: listens, starts the others, and does one step with all of them at each SIGUSR1
 *   web worker 1        three threads, a TCP connection, epoll, inotify, timers, UDP, a cache with holes in it
 *   web worker 2        a TCP connection over IPv6, a memfd, signals that are pending, a seccomp filter
 *   web logger          reads a pipe, has a deleted file open and a lock on another
 *   web client          the other end of both connections, with bytes under way in both directions
 *   web debugger        at a terminal of its own, stopped
 *   web chain           alone, with a ledger, for the chain of dumps
 *   (web) a zombie, and at the first step "web guest", which is new
 *
 * What a page holds is text that tells which page it is of which step, so that a test can say what it has to find.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096

static const char *role = "";

static void die(const char *what) {
  dprintf(2, "web %s: %s: %s\n", role, what, strerror(errno));
  _exit(1);
}
#define TRY(call) ({ long result = (long)(call); if (result == -1) die(#call); result; })

/* The page of this number begins with a line that says what it is; the rest is zero. */
static void fill(char *area, int page, const char *name, int step) {
  snprintf(area + (long)page * PAGE, PAGE, "%s, page %d, step %d\n", name, page, step);
}

static char *map(long pages, int flags, int fd) {
  char *area = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, flags, fd, 0);
  if (area == MAP_FAILED) die("mmap");
  return area;
}

static int listening(int family, int port) {
  int fd = TRY(socket(family, SOCK_STREAM, 0)), one = 1;
  TRY(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one));
  if (family == AF_INET6) {
    struct sockaddr_in6 name = {.sin6_family = family, .sin6_port = htons(port), .sin6_addr = in6addr_loopback};
    TRY(setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one));
    TRY(bind(fd, (void *)&name, sizeof name));
  } else {
    struct sockaddr_in name = {.sin_family = family, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    TRY(bind(fd, (void *)&name, sizeof name));
  }
  TRY(listen(fd, 16));
  return fd;
}

static int connected(int family, int type, int port) {
  int fd = TRY(socket(family, type, 0));
  if (family == AF_INET6) {
    struct sockaddr_in6 name = {.sin6_family = family, .sin6_port = htons(port), .sin6_addr = in6addr_loopback};
    TRY(connect(fd, (void *)&name, sizeof name));
  } else {
    struct sockaddr_in name = {.sin_family = family, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    TRY(connect(fd, (void *)&name, sizeof name));
  }
  return fd;
}

static void say(int fd, const char *text) { TRY(write(fd, text, strlen(text))); }

static void *thread(void *name) {
  sigset_t all;
  sigfillset(&all);
  prctl(PR_SET_NAME, name);
  for (;;) sigwaitinfo(&all, NULL);
  return NULL;
}

/* Tells `make` how far this process is. */
static void ready(int step) {
  char line[64];
  int fd = TRY(open("/run/ready", O_WRONLY | O_CREAT | O_APPEND, 0644));
  snprintf(line, sizeof line, "%d %s\n", step, role);
  say(fd, line);
  close(fd);
}

/* Waits for the next step. */
static int next(void) {
  static int step = 0;
  sigset_t steps;
  ready(step);
  sigemptyset(&steps);
  sigaddset(&steps, SIGUSR1);
  while (sigwaitinfo(&steps, NULL) != SIGUSR1) {}
  return ++step;
}

/* Starts another role in this program's own file; of the descriptors only those are left that are no CLOEXEC. */
static pid_t start(const char *name) {
  pid_t pid = TRY(fork());
  if (pid == 0) {
    char *argv[4] = {"web", strdup(name), NULL, NULL};
    if ((argv[2] = strchr(argv[1], ' '))) *argv[2]++ = 0;
    execve("/bin/web", argv, environ);
    die("execve");
  }
  return pid;
}

static void heap(int step) {
  static char *begin;
  if (!begin) {
    begin = (char *)(((unsigned long)syscall(SYS_brk, 0) + PAGE - 1) & ~(PAGE - 1L));
    if (syscall(SYS_brk, begin + 8L * PAGE) == -1) die("brk");
  }
  if (step == 1 && syscall(SYS_brk, begin + 12L * PAGE) == -1) die("brk");
  for (int page = 0; page < 3; page++) fill(begin, page, "the heap", page == 1 ? step : 0);
  if (step == 1) fill(begin, 9, "the heap", step);
}

/* Descriptors that are handed on under these numbers. */
enum { LISTEN4 = 10, LISTEN6 = 11, PIPE_OUT = 12, PIPE_IN = 13, CONTROL = 14, SCORES = 15 };

static void keep(int fd, int as) {
  TRY(dup2(fd, as));
  close(fd);
}

static void master(void) {
  int pipes[2], pair[2], step;
  keep(listening(AF_INET, 8080), LISTEN4);
  keep(listening(AF_INET6, 8080), LISTEN6);
  TRY(pipe(pipes));
  keep(pipes[0], PIPE_OUT);
  keep(pipes[1], PIPE_IN);
  TRY(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair));
  keep(pair[0], CONTROL);
  say(CONTROL, "reload\n");
  say(pair[1], "ok\n");
  keep(TRY(memfd_create("scores", 0)), SCORES);
  TRY(ftruncate(SCORES, 4 * PAGE));
  char *scores = map(4, MAP_SHARED, SCORES), *board = map(6, MAP_SHARED | MAP_ANONYMOUS, -1);
  fill(scores, 0, "the scores", 0);
  fill(board, 0, "the board", 0);
  fill(board, 4, "the board", 0);

  int local = TRY(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "/run/web.sock"};
  TRY(bind(local, (void *)&name, sizeof name));
  TRY(listen(local, 8));

  int queue = TRY(msgget(0x1001, IPC_CREAT | 0600)), shared = TRY(shmget(0x1002, 2 * PAGE, IPC_CREAT | 0600));
  struct { long kind; char text[16]; } message = {7, "a message"};
  TRY(msgsnd(queue, &message, sizeof message.text, 0));
  TRY(semget(0x1003, 3, IPC_CREAT | 0600));
  char *segment = shmat(shared, NULL, 0);
  fill(segment, 0, "the segment", 0);

  pid_t second, others[8];
  int count = 0;
  others[count++] = start("worker 1");
  others[count++] = second = start("worker 2");
  others[count++] = start("logger");
  others[count++] = start("client");
  others[count++] = start("debugger");
  if (TRY(fork()) == 0) _exit(3);
  signal(SIGALRM, SIG_IGN);
  struct itimerval interval = {.it_interval = {600, 0}, .it_value = {3600, 0}};
  TRY(setitimer(ITIMER_REAL, &interval, NULL));
  heap(0);
  for (;;) {
    step = next();
    heap(step);
    fill(board, 4, "the board", step);
    fill(board, 5, "the board", step);
    for (int one = 0; one < count; one++) TRY(kill(others[one], SIGUSR1));
    if (step == 1) {
      TRY(waitpid(second, NULL, 0));
      others[1] = start("guest");
    }
  }
}

static void worker1(void) {
  static char names[2][16] = {"accept", "collect"};
  pthread_t threads[2];
  close(LISTEN6);
  close(PIPE_OUT);
  int peer = TRY(accept(LISTEN4, NULL, NULL));
  char answer[300];
  memset(answer, 'a', sizeof answer);
  TRY(write(peer, answer, sizeof answer));
  for (int one = 0; one < 2; one++) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 8 * PAGE);
    if (pthread_create(&threads[one], &attributes, thread, names[one])) die("pthread_create");
  }
  int poll = TRY(epoll_create1(0)), watch = TRY(inotify_init1(0)), event = TRY(eventfd(5, 0));
  int clock = TRY(timerfd_create(CLOCK_MONOTONIC, 0)), datagrams = TRY(socket(AF_INET, SOCK_DGRAM, 0));
  struct itimerspec hour = {.it_value = {3600, 0}, .it_interval = {60, 0}};
  TRY(timerfd_settime(clock, 0, &hour, NULL));
  TRY(inotify_add_watch(watch, "/etc/web.conf", IN_MODIFY | IN_DELETE_SELF));
  struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(5353), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  TRY(bind(datagrams, (void *)&any, sizeof any));
  struct epoll_event wanted = {.events = EPOLLIN, .data.u64 = 0x1122334455667788};
  TRY(epoll_ctl(poll, EPOLL_CTL_ADD, peer, &wanted));
  wanted.events = EPOLLIN | EPOLLET;
  TRY(epoll_ctl(poll, EPOLL_CTL_ADD, event, &wanted));
  char *cache = map(256, MAP_PRIVATE | MAP_ANONYMOUS, -1);
  madvise(cache, 256 * PAGE, MADV_NOHUGEPAGE);
  for (int page = 0; page < 256; page += 20) fill(cache, page, "the cache", 0);
  TRY(mprotect(cache + 128 * PAGE, 64 * PAGE, PROT_READ));
  int conf = TRY(open("/etc/web.conf", O_RDONLY));
  char *own = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, conf, 0);
  fill(own, 1, "my own page of the file", 0);
  heap(0);
  for (int step; (step = next());) {
    heap(step);
    fill(cache, 20, "the cache", step);
    fill(cache, 21, "the cache", step);
    fill(cache, 200, "the cache", step);
    TRY(madvise(cache + 40 * PAGE, PAGE, MADV_DONTNEED));
    close(event);
    say(PIPE_IN, "worker 1 did a step\n");
  }
}

static void worker2(void) {
  struct sock_filter code[] = {
    {BPF_LD | BPF_W | BPF_ABS, 0, 0, 0},
    {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, SYS_reboot},
    {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | EPERM},
    {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW},
  };
  struct sock_fprog filter = {sizeof code / sizeof *code, code};
  close(LISTEN4);
  close(PIPE_OUT);
  int peer = TRY(accept(LISTEN6, NULL, NULL));
  say(peer, "HTTP/1.1 100 Continue\r\n\r\n");
  char *scores = map(4, MAP_SHARED, SCORES);
  fill(scores, 2, "the scores", 0);
  int queued = SIGRTMIN + 3;
  sigset_t blocked;
  sigemptyset(&blocked);
  sigaddset(&blocked, queued);
  sigaddset(&blocked, SIGUSR2);
  sigprocmask(SIG_BLOCK, &blocked, NULL);
  TRY(signalfd(-1, &blocked, 0));
  TRY(sigqueue(getpid(), queued, (union sigval){.sival_int = 77}));
  TRY(sigqueue(getpid(), queued, (union sigval){.sival_int = 78}));
  raise(SIGUSR2);
  timer_t timer;
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR2};
  struct itimerspec hour = {.it_value = {3600, 0}};
  TRY(timer_create(CLOCK_MONOTONIC, &event, &timer));
  TRY(timer_settime(timer, 0, &hour, NULL));
  TRY(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
  TRY(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter));
  heap(0);
  for (int step; (step = next());) {
    fill(scores, 2, "the scores", step);
    fill(scores, 3, "the scores", step);
    if (step == 1) TRY(raise(SIGKILL));
  }
}

static void logger(void) {
  close(PIPE_IN);
  TRY(nice(5));
  int log = TRY(open("/var/log/web.log", O_WRONLY | O_CREAT | O_APPEND, 0640));
  int pid = TRY(open("/run/web.pid", O_RDWR | O_CREAT, 0644));
  int gone = TRY(open("/tmp/upload", O_RDWR | O_CREAT | O_TRUNC, 0600));
  int control = (mkfifo("/run/control", 0600), TRY(open("/run/control", O_RDWR)));
  say(log, "begun\n");
  say(pid, "1\n");
  TRY(flock(pid, LOCK_EX));
  say(gone, "half an upload");
  TRY(lseek(gone, 3 * PAGE, SEEK_SET));
  say(gone, "and its end");
  TRY(unlink("/tmp/upload"));
  say(control, "rotate\n");
  TRY(chdir("/var/log"));
  umask(027);
  heap(0);
  for (int step; (step = next());) {
    say(log, "a step\n");
    if (step == 1) {
      close(gone);
      TRY(open("/var/log/web.2.log", O_WRONLY | O_CREAT, 0640));
    }
  }
}

static void client(void) {
  for (int fd = LISTEN4; fd <= SCORES; fd++) close(fd);
  int first = connected(AF_INET, SOCK_STREAM, 8080), second = connected(AF_INET6, SOCK_STREAM, 8080);
  connected(AF_INET, SOCK_DGRAM, 9);
  int raw = TRY(socket(AF_NETLINK, SOCK_RAW, 0)), packets = TRY(socket(AF_PACKET, SOCK_DGRAM, htons(0x88b5)));
  (void)raw, (void)packets;
  say(first, "GET / HTTP/1.1\r\nHost: web\r\n\r\n");
  say(second, "POST / HTTP/1.1\r\nHost: web\r\nExpect: 100-continue\r\n\r\n");
  heap(0);
  for (int step; (step = next());) {
    say(first, "GET /again HTTP/1.1\r\nHost: web\r\n\r\n");
    if (step == 1) {
      close(second);
      connected(AF_INET, SOCK_DGRAM, 10);
    }
  }
}

static void debugger(void) {
  for (int fd = LISTEN4; fd <= SCORES; fd++) close(fd);
  TRY(setsid());
  int terminal = TRY(posix_openpt(O_RDWR | O_NOCTTY));
  if (unlockpt(terminal)) die("unlockpt");
  int side = TRY(open(ptsname(terminal), O_RDWR | O_NOCTTY));
  struct winsize size = {24, 80, 0, 0};
  TRY(ioctl(side, TIOCSCTTY, 0));
  TRY(ioctl(terminal, TIOCSWINSZ, &size));
  char *stack = map(4, MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN, -1);
  fill(stack, 3, "a stack", 0);
  heap(0);
  ready(0);
  raise(SIGSTOP);
  for (;;) pause();
}

static void guest(void) {
  for (int fd = LISTEN4; fd <= SCORES; fd++) close(fd);
  TRY(chdir("/tmp"));
  TRY(open("/etc/web.conf", O_RDONLY));
  char *notes = map(8, MAP_PRIVATE | MAP_ANONYMOUS, -1);
  fill(notes, 5, "the notes", 1);
  heap(1);
  for (;;) next();
}

/* Not in the container: the one process of the chain of dumps. */
static void chain(void) {
  char *ledger = map(64, MAP_PRIVATE | MAP_ANONYMOUS, -1), *board = map(4, MAP_SHARED | MAP_ANONYMOUS, -1);
  madvise(ledger, 64 * PAGE, MADV_NOHUGEPAGE);
  for (int page = 0; page < 10; page++) fill(ledger, page, "the ledger", 0);
  for (int page = 20; page < 50; page += 10) fill(ledger, page, "the ledger", 0);
  fill(board, 0, "the board", 0);
  heap(0);
  for (int step; (step = next());) {
    heap(step);
    fill(ledger, 2, "the ledger", step);
    fill(ledger, 50 + step, "the ledger", step);
    if (step == 1) fill(ledger, 40, "the ledger", step);
    if (step == 1) TRY(madvise(ledger + 20 * PAGE, PAGE, MADV_DONTNEED));
    if (step == 2) TRY(munmap(ledger + 8 * PAGE, 2 * PAGE));
    fill(board, step, "the board", step);
  }
}

int main(int count, char **arguments) {
  sigset_t steps;
  static char name[32];
  snprintf(name, sizeof name, "%s%s%s", count > 1 ? arguments[1] : "", count > 2 ? " " : "", count > 2 ? arguments[2] : "");
  role = name;
  sigemptyset(&steps);
  sigaddset(&steps, SIGUSR1);
  sigprocmask(SIG_BLOCK, &steps, NULL);
  if (!strcmp(role, "master")) master();
  if (!strcmp(role, "worker 1")) worker1();
  if (!strcmp(role, "worker 2")) worker2();
  if (!strcmp(role, "logger")) logger();
  if (!strcmp(role, "client")) client();
  if (!strcmp(role, "debugger")) debugger();
  if (!strcmp(role, "guest")) guest();
  if (!strcmp(role, "chain")) chain();
  errno = EINVAL;
  die("such a role there is not");
}
