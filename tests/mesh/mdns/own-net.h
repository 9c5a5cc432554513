/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

/* A network of one's own: tests of multicast say nothing to the machine's real network
 * and hear nothing of it. */

static inline gboolean
own_net_write (const char *path, const char *text)
{
  int fd = open (path, O_WRONLY);
  gboolean is_good = fd >= 0 && write (fd, text, strlen (text)) == (gssize) strlen (text);

  if (fd >= 0)
    close (fd);
  return is_good;
}

/* As root in a user namespace, where that is needed. */
static inline gboolean
own_net_unshare (void)
{
  g_autofree char *uid_map = g_strdup_printf ("0 %u 1", (guint) getuid ());
  g_autofree char *gid_map = g_strdup_printf ("0 %u 1", (guint) getgid ());

  if (unshare (CLONE_NEWNET) == 0)
    return TRUE;
  return unshare (CLONE_NEWUSER | CLONE_NEWNET) == 0
         && own_net_write ("/proc/self/setgroups", "deny")
         && own_net_write ("/proc/self/uid_map", uid_map)
         && own_net_write ("/proc/self/gid_map", gid_map);
}

/* Brings the loopback up, with multicast. */
static inline gboolean
own_net_loopback (void)
{
  struct ifreq request = { .ifr_name = "lo" };
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  gboolean is_good;

  request.ifr_flags = IFF_UP | IFF_RUNNING | IFF_MULTICAST;
  is_good = fd >= 0 && ioctl (fd, SIOCSIFFLAGS, &request) == 0;
  if (fd >= 0)
    close (fd);
  return is_good;
}

/**
 * own_net_enter:
 *
 * To be called first of all in main(), before there is a thread.
 *
 * Returns: %FALSE, and says why, when this sandbox allows no such network
 */
static inline gboolean
own_net_enter (void)
{
  if (own_net_unshare () && own_net_loopback ())
    return TRUE;
  g_print ("1..0 # SKIP no network namespace can be made here: %s\n", g_strerror (errno));
  return FALSE;
}

/**
 * own_net_hide_run:
 *
 * Puts an empty /run over the machine's, for daemons that leave files there.
 *
 * Returns: %FALSE when this sandbox does not allow it
 */
static inline gboolean
own_net_hide_run (void)
{
  return unshare (CLONE_NEWNS) == 0
         && mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0
         && mount ("none", "/run", "tmpfs", 0, NULL) == 0;
}

/* Runs `ip ARGS`; FALSE when there is no such program or it fails. */
static inline gboolean
own_net_ip (const char *args)
{
  g_autofree char *line = g_strconcat ("ip ", args, NULL);
  int status = 0;

  return g_spawn_command_line_sync (line, NULL, NULL, &status, NULL)
         && g_spawn_check_wait_status (status, NULL);
}
