/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef P11_EVENT_H
#define P11_EVENT_H

#include "module.h"

/** C_WaitForSlotEvent: a slot whose token came or went since that was told last. CKR_NO_EVENT if
 *  there is none and CKF_DONT_BLOCK; otherwise it waits, holding no lock, until there is one or
 *  somebody calls C_Finalize (CKR_CRYPTOKI_NOT_INITIALIZED). */
CK_RV
p11_event_wait(CK_FLAGS flags, CK_SLOT_ID *id);

#endif
