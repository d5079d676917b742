// exception [MILLISECONDS]: a callback from which an exception comes out. On Windows it would unwind through the
// system's frames, which ends the process without a word; here the word is said.
#include <winsock2.h>
#include <ws2ipdef.h>
#include <iphlpapi.h>
#include <netioapi.h>

#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <thread>

static VOID NETIOAPI_API_ on_port(PVOID, USHORT, MIB_NOTIFICATION_TYPE)
{
    throw std::runtime_error("the rule for this port is locked"); // wrong: catch it here
}

int main(int count, char **words)
{
    const std::chrono::milliseconds run(count > 1 ? std::strtol(words[1], nullptr, 10) : 1000);
    HANDLE changes = nullptr;
    // The first notification comes at once.
    if (NotifyTeredoPortChange(on_port, nullptr, TRUE, &changes) != NO_ERROR) {
        return 2;
    }
    std::this_thread::sleep_for(run);
    return CancelMibChangeNotify2(changes) == NO_ERROR ? 0 : 2;
}
