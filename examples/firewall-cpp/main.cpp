// firewall [MILLISECONDS]: runs the firewall for so long (1000), and says how it stands at the end.
#include "firewall.hpp"

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <thread>

// Where the Teredo client is; 0: nowhere.
static USHORT client()
{
    USHORT port = 0;
    return GetTeredoPort(&port) == NO_ERROR ? port : 0;
}

int main(int count, char **words)
{
    const std::chrono::milliseconds run(count > 1 ? std::strtol(words[1], nullptr, 10) : 1000);
    try {
        Firewall firewall;
        std::this_thread::sleep_for(run);
        // A change may come between the two, so look more than once.
        USHORT exception = firewall.exception();
        USHORT at = client();
        for (int looks = 1; looks < 10 && exception != at; looks++) {
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
            exception = firewall.exception();
            at = client();
        }
        std::cout << "UDP port " << exception << " is open, " << firewall.interface_count()
                  << " interfaces\n";
        return exception == at ? 0 : 3;
    } catch (const std::system_error &error) {
        std::cerr << "the firewall does not start: " << error.code().value() << '\n';
        return 2;
    }
}
